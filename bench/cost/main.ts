import { PRICED, PRICES } from '../prices/prices';
import { runBench } from '../support/run';
import { openStage } from '../support/stage';
import { billFor, scaled, totalOf } from './bill';
import { overruns, unitsIn } from './budgets';
import { functionTable, priceTable, type Result } from './report';
import { runScenario } from './run-scenario';
import { ANSWER_MS, CONTEXT, SCENARIOS, type Scenario } from './scenarios';

const MILLION = 1_000_000;

await runBench('cost', 'What AWS would bill for deliveries, counted from the calls themselves.', async (bench) => {
  const stage = await openStage(CONTEXT, bench.teardown, { receiverMs: ANSWER_MS });
  const results: Result[] = [];
  for (const scenario of SCENARIOS.filter(({ name }) => bench.wants(name))) {
    const result = resultOf(scenario, await runScenario(stage, scenario));
    results.push(result);
    bench.say(`${result.name}: $${totalOf(result.bill).toFixed(2)} a million\n${functionTable(result)}\n`);
    if (scenario.budget) {
      const measured = { units: result.units, dollars: totalOf(result.bill) };
      bench.fail(...overruns(scenario.name, scenario.budget, measured));
    }
  }
  bench.say(`At the list prices of ${PRICED.region} as of ${PRICED.asOf}:\n\n${priceTable(results)}`);
});

function resultOf({ name, events, destinations }: Scenario, reading: Awaited<ReturnType<typeof runScenario>>): Result {
  const deliveries = events * destinations;
  const { write, read } = unitsIn(reading);
  return {
    ...{ name, deliveries, reading },
    units: { write: write / deliveries, read: read / deliveries },
    bill: scaled(billFor(reading, PRICES), MILLION / deliveries),
  };
}
