import { describe, expect, it } from 'vitest';
import { resolveIntrinsics } from '../../../local/template/intrinsics';

const scope = {
  ref: (id: string) => `ref-of-${id}`,
  attribute: (id: string, name: string) => `${id}.${name}`,
};
const place = (name: string) => `\${${name}}`;
const resolve = (value: unknown) => resolveIntrinsics(value, scope);

describe('resolving a template value', () => {
  it('leaves values without functions as they are', () => {
    const value = { a: [1, true, null, 'x'], b: { c: {} } };
    expect(resolve(value)).toEqual(value);
  });

  it('follows references and attributes, in both ways to write them', () => {
    expect(resolve({ Ref: 'Queue' })).toBe('ref-of-Queue');
    expect(resolve({ 'Fn::GetAtt': ['Queue', 'Arn'] })).toBe('Queue.Arn');
    expect(resolve({ 'Fn::GetAtt': 'Queue.Arn' })).toBe('Queue.Arn');
  });

  it('knows the pseudo parameters of the one local account', () => {
    const arn = ['', ['arn:', { Ref: 'AWS::Partition' }, ':', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }]];
    expect(resolve({ 'Fn::Join': arn })).toBe('arn:aws:us-east-1:000000000000');
  });

  it('leaves out a member that has no value', () => {
    expect(resolve({ a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] })).toEqual({ b: [1] });
  });

  it('substitutes names, attributes, variables and literals', () => {
    expect(
      resolve({ 'Fn::Sub': [place('AWS::Region'), place('Queue'), place('Queue.Arn'), place('!Kept')].join('/') }),
    ).toBe(`us-east-1/ref-of-Queue/Queue.Arn/${place('Kept')}`);
    expect(resolve({ 'Fn::Sub': [place('x'), { x: { Ref: 'Table' } }] })).toBe('ref-of-Table');
  });

  it('selects from what it splits', () => {
    expect(resolve({ 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] })).toBe('b');
  });

  it('refuses what it does not emulate, by name', () => {
    expect(() => resolve({ 'Fn::ImportValue': 'other' })).toThrow(
      'The template uses Fn::ImportValue, which the local stack does not emulate.',
    );
    expect(() => resolve({ 'Fn::If': ['c', 1, 2] })).toThrow('Fn::If');
  });
});
