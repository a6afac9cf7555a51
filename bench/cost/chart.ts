import type { Bill } from './bill';
import type { Result } from './result';

const SERVICES: readonly { readonly service: keyof Bill; readonly name: string; readonly colour: string }[] = [
  { service: 'dynamoDb', name: 'DynamoDB', colour: '#3b5bdb' },
  { service: 'apiGateway', name: 'API Gateway', colour: '#ae3ec9' },
  { service: 'lambda', name: 'Lambda', colour: '#e8590c' },
  { service: 'sqs', name: 'SQS', colour: '#d6336c' },
  { service: 'scheduler', name: 'Scheduler', colour: '#f08c00' },
  { service: 'logs', name: 'logs', colour: '#868e96' },
  { service: 'accessLog', name: 'access log', colour: '#adb5bd' },
];

const TITLE = 'Dollars for a million deliveries, us-east-1';
const LEFT = 190;
const BAR = 420;
const ROW = 30;
const TOP = 50;

/** Dollars for a million deliveries as bars, a part for each service; an SVG that reads on light and dark ground. */
export function costChart(results: readonly Result[]): string {
  const largest = Math.max(...results.map(({ dollars }) => dollars));
  const scale = BAR / largest;
  const height = TOP + results.length * ROW + 10;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + BAR + 70} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${TITLE}</title>`,
    '<style>text{fill:#495057}@media(prefers-color-scheme:dark){text{fill:#dee2e6}}</style>',
    `<text x="0" y="16" font-weight="bold">${TITLE}</text>`,
    ...SERVICES.map(legend),
    ...results.map((result, row) => bar(result, TOP + row * ROW, scale)),
    '</svg>\n',
  ].join('\n');
}

function legend({ name, colour }: (typeof SERVICES)[number], index: number): string {
  const x = index * 95;
  return `<rect x="${x}" y="26" width="10" height="10" fill="${colour}"/><text x="${x + 14}" y="35">${name}</text>`;
}

function bar({ name, bill, dollars }: Result, y: number, scale: number): string {
  let x = LEFT;
  const parts = SERVICES.map(({ service, colour }) => {
    const width = bill[service] * scale;
    const rect = `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="18" fill="${colour}"/>`;
    x += width;
    return rect;
  });
  const label = `<text x="0" y="${y + 13}">${name}</text>`;
  return `${label}${parts.join('')}<text x="${(x + 6).toFixed(1)}" y="${y + 13}">$${dollars.toFixed(2)}</text>`;
}
