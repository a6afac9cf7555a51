import { version } from '../../package.json';

/** The version of Posthorn, as destinations see it. */
export const USER_AGENT = `Posthorn/${version}`;
