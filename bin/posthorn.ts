import { createApp } from '../lib/app';
import { InvalidSettingsError } from '../lib/settings';

try {
  createApp().app.synth();
} catch (error) {
  if (!(error instanceof InvalidSettingsError)) throw error;
  // A stack trace would hide which value to change.
  console.error(error.message);
  process.exitCode = 1;
}
