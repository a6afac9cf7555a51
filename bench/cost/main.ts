import { PRICED, PRICES } from '../prices/prices';
import { runBench } from '../support/run';
import { overruns } from './budgets';
import { costChart } from './chart';
import { idleTotal } from './idle';
import { type Idling, measureAll, measureWarm } from './measure-all';
import * as report from './report';
import { type Month, monthOf, type Result } from './result';
import { HEADLINE, IDLE_BUDGET, isVast, MONTHS, ONE_RETRY, RETRY_BUDGET, SCENARIOS, SENSITIVE } from './scenarios';

/** What has to be known to read the figures. */
const NOTES = `Capacity, requests, calls, invocations and bytes are counted; they do not depend on the machine. How full batches are is not
measured but modelled ([how AWS's pollers fill batches](pollers.md)), and every batch was handed out as full as the model has it. Where a
row names no rate, 200 deliveries a second come in; "saturated" means that more comes in than is handled. Receivers are Express behind
nginx unless a row says otherwise. Counters are three items for an environment and three for each destination that a batch concerns, so
many destinations with little traffic cost more. Durations are estimated: processor time measured here at the function's share of a
processor, 6 ms for each wait for AWS, and 100 ms for the receiver; with a thousand destinations the functions are cold. No breaker opens:
usually a destination that fails twenty times in a row is sent nothing but a probe until it recovers. Free tiers are left out.`;

const KEEPING = `Storage is for the 30 days that items are kept: $0.25 for a GB and month, with 100 bytes more for each item and index entry, and $0.20
for point-in-time recovery, which is billed without the indexes. Egress is what goes to receivers and back to publishers, with 1 KB
for the connection of each request, at $0.09 a GB.`;

const IDLING = `Lambda keeps five long polls at the delivery queue; its reads of the stream are free. A metric of one's own costs $0.30 for a month
in which it is reported every hour. The dashboard is free in an account that has at most two others, and $3.00 where it is one more.`;

const MONTHLY = `Evenly spread over the month, which is the most expensive way: what comes in waves fills batches. Rates are those of the rows
"one a minute", "0.4/s", "4/s" and "38/s".`;

await runBench('cost', 'What AWS would bill for deliveries, counted from the calls themselves.', async (bench) => {
  const wanted = SCENARIOS.filter(({ name }) => bench.wants(name));
  const { idle, results: usual } = await measureWarm(
    bench,
    wanted.filter((scenario) => !isVast(scenario)),
  );
  const vast = wanted.filter(isVast);
  const results = vast.length === 0 ? usual : [...usual, ...(await measureAll(bench, vast))];
  const priced = pricedRows(results);
  for (const { name, budget, dollars } of priced) bench.fail(...overruns(name, budget, dollars));
  bench.fail(...overruns('a month in which nothing happens', IDLE_BUDGET, idleTotal(idle.month)));
  const tables = [
    ...[`At the list prices of ${PRICED.region} as of ${PRICED.asOf}:`, report.priceTable(priced), NOTES],
    ...['## Kept and sent', report.keepingTable(results), KEEPING],
    ...['## When nothing happens', report.idleTable(idle.month, IDLE_BUDGET), IDLING],
    ...['## A month', report.monthTable(monthsOf(results, idle)), MONTHLY],
    ...['## If the model is off', report.sensitivityTable(sensitivity(results))],
    ...['## How full batches are', report.batchTable(results)],
  ];
  bench.say(tables.join('\n\n'));
  bench.keep(
    'What deliveries cost',
    [...tables, ...results.filter(({ scenario }) => scenario.factor === 1).map(detailsOf)].join('\n\n'),
    costChart(results),
  );
});

function pricedRows(results: readonly Result[]): report.Priced[] {
  const [headline, retry] = [HEADLINE, ONE_RETRY].map((wanted) => results.find(({ name }) => name === wanted));
  return results.flatMap((result): report.Priced[] => {
    const row = { ...result, budget: result.scenario.budget };
    if (result !== retry || headline === undefined) return [row];
    return [row, report.onTop('the first retry, on top', result, headline, RETRY_BUDGET)];
  });
}

function sensitivity(results: readonly Result[]) {
  const named = (wanted: string) => results.filter(({ name }) => name === wanted);
  return SENSITIVE.map(({ rate, scenario }): [string, ...Result[]] => [
    rate,
    ...[`${rate}, batches 50 % smaller`, scenario, `${rate}, batches 50 % larger`].flatMap(named),
  ]);
}

function monthsOf(results: readonly Result[], { month, metrics }: Idling): Month[] {
  return MONTHS.flatMap(({ millions, scenario }) => {
    const result = results.find(({ name }) => name === scenario);
    return result ? [monthOf(millions, result, idleTotal(month), metrics, PRICES)] : [];
  });
}

function detailsOf(result: Result): string {
  const tables = [report.functionTable(result), report.useTable(result), report.requestTable(result)];
  return [`## ${result.name}`, ...tables].join('\n\n');
}
