import { config } from 'zod/mini';
import en from 'zod/v4/locales/en.js';

/** `zod/mini` has no messages of its own: this adds the English ones. Imported for its side effect. */
config(en());
