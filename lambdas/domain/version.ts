import { version } from '../../package.json';

/** The `User-Agent` that destinations see, with Posthorn's version. */
export const USER_AGENT = `Posthorn/${version}`;
