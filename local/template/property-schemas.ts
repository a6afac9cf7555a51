import * as z from 'zod';

/** CloudFormation takes booleans and numbers as texts as well. */
export const numeric = z.union([z.number(), z.string().regex(/^-?\d+$/)]).transform(Number);

/** A property that says nothing about behaviour on one machine. */
export const ignored = z.unknown().optional();

/** Tags, in whatever form the type has them. */
export const tags = { Tags: ignored };
