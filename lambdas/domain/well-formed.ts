/** Whether a string is valid Unicode. JSON can contain lone surrogates, which the table does not accept. */
export const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text);
