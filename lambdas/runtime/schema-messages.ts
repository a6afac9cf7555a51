import { config } from 'zod/mini';
import en from 'zod/v4/locales/en.js';

/** Small schemas come without words: this says in English what is wrong with a value. Imported for its effect. */
config(en());
