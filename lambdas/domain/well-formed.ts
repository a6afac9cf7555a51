/** Whether a text is one that UTF-8 can hold. JSON may spell halves of surrogate pairs, which the table does not take. */
export const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text);
