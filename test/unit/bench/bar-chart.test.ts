import { describe, expect, it } from 'vitest';
import { barChart } from '../../../bench/support/bar-chart';

const chart = barChart({
  title: 'Units < 10 & flat',
  series: ['1,000', '10,000'],
  rows: [
    { name: 'a page', values: [5, 10] },
    { name: 'a total', values: [1, 1] },
  ],
  label: (value) => value.toFixed(1),
});
const widths = [...chart.matchAll(/width="([\d.]+)" height="12"/g)].map(([, width]) => Number(width));

describe('a bar chart', () => {
  it('has a bar for each value, as long as its share of the largest', () => {
    expect(widths.map((width) => width / Math.max(...widths))).toEqual([0.5, 1, 0.1, 0.1]);
  });

  it('names rows, series and values', () => {
    for (const name of ['a page', 'a total', '1,000', '10,000', '5.0', '10.0', '1.0']) {
      expect(chart).toContain(`>${name}</text>`);
    }
  });

  it('is well-formed where names are not', () => {
    expect(chart).toContain('Units &lt; 10 &amp; flat');
    expect(chart).not.toContain('< 10 &');
  });
});
