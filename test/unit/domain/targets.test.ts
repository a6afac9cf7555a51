import { describe, expect, it } from 'vitest';
import { hasMirrors, openTargets, targetMark, targetsOf } from '../../../lambdas/domain/targets';

const [url, a, b] = ['https://one.example/', 'https://a.example/', 'https://b.example/'];

describe('the targets of a destination', () => {
  it('are its URL and its mirrors, each once', () => {
    expect(targetsOf({ url })).toEqual([url]);
    expect(targetsOf({ url, mirrorUrls: [a, b, a, url] })).toEqual([url, a, b]);
    expect([{ url }, { url, mirrorUrls: [] }, { url, mirrorUrls: [a] }, undefined].map(hasMirrors)).toEqual([
      false,
      false,
      true,
      false,
    ]);
  });

  it('are open until they have accepted', () => {
    expect(openTargets({ url, mirrorUrls: [a, b] })).toEqual([url, a, b]);
    expect(openTargets({ url, mirrorUrls: [a, b] }, [targetMark(a)])).toEqual([url, b]);
  });

  it('are known by their URL when the list has changed: new ones are open, removed ones are not missed', () => {
    const accepted = [targetMark(url), targetMark(a)];
    expect(openTargets({ url, mirrorUrls: [b] }, accepted)).toEqual([b]);
    expect(openTargets({ url: b, mirrorUrls: [a] }, accepted)).toEqual([b]);
    expect(openTargets({ url, mirrorUrls: [] }, accepted)).toEqual([]);
  });

  it('have marks of one length, whatever their URL is', () => {
    const marks = [url, a, `https://long.example/${'x'.repeat(2000)}`].map(targetMark);
    expect(new Set(marks).size).toBe(3);
    for (const mark of marks) expect(mark).toMatch(/^[\w-]{12}$/);
  });
});
