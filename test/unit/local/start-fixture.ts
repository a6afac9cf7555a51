import { startLocalStack } from '../../../local/stack';

// A process of its own with a stack in it, for tests that kill it: prints where the stack is and waits.
const [assembly = ''] = process.argv.slice(2);
const { apiUrl, endpoints } = await startLocalStack({ assembly });
console.log(JSON.stringify([apiUrl, ...Object.values(endpoints)]));
