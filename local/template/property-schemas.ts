import * as z from 'zod';

/** CloudFormation also accepts booleans and numbers as strings. */
export const numeric = z.union([z.number(), z.string().regex(/^-?\d+$/)]).transform(Number);

/** A property that makes no difference on one machine. */
export const ignored = z.unknown().optional();

/** Tags, in whatever form the type has them. */
export const tags = { Tags: ignored };
