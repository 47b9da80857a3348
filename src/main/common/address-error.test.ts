import { expect, it } from 'vitest';
import { addressErrorOf } from './address-error.ts';

it.each([
  ['Server returned 404 Not Found', 'address-missing'],
  ['HTTP error 401 Unauthorized', 'address-forbidden'],
  ['method DESCRIBE failed: 403 Forbidden', 'address-forbidden'],
  ['Connection to tcp://127.0.0.1:40401 failed: Connection refused', 'address-unreachable'],
  ['http://127.0.0.1:40401/403/404.ts: Server returned 5XX Server Error reply', 'source-unreadable'],
  ['http://127.0.0.1:34040/a.ts: Operation timed out', 'address-timeout'],
])('"%s" is %s, whatever numbers the address has', (said, code) => {
  expect(addressErrorOf('http://127.0.0.1:40401/403/404.ts', said).code).toBe(code);
});
