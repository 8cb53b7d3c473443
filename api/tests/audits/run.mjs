// Runs the server audits of graphql-http (GraphQL over HTTP, every MUST, SHOULD and MAY) against a running server:
//
//   node run.mjs http://127.0.0.1:8080/graphql
//
// Prints a line for every audit that is not ok, then one line of sums. Exits 0 only if all are ok.

import { serverAudits } from 'graphql-http';

const EXPECTED = 61; // of graphql-http 1.23.1: a run of fewer must not look like a pass

const url = process.argv[2];
if (!/^https?:\/\//.test(url ?? '')) {
  console.error('usage: node run.mjs http://127.0.0.1:PORT/graphql');
  process.exit(2);
}

const fetchFn = (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(10_000) });

const count = { ok: 0, warn: 0, error: 0 };
for (const audit of serverAudits({ url, fetchFn })) {
  const level = audit.name.split(' ', 1)[0]; // MUST, SHOULD, MAY
  let result;
  try {
    result = await audit.fn();
  } catch (cause) {
    // No answer at all: graphql-http reports wrong answers, and throws on none.
    result = { status: 'error', reason: cause.cause?.message || cause.cause?.code || cause.message };
  }
  const { status, reason } = result;
  if (status === 'ok') {
    count.ok += 1;
    continue;
  }
  count[status === 'error' ? 'error' : 'warn'] += 1; // "notice" is a warning as well
  console.log(`${audit.id} ${level} ${audit.name.slice(level.length + 1)}: ${reason}`);
}

console.log(`audits: ${count.ok} ok, ${count.warn} warn, ${count.error} error`);
process.exitCode = count.ok === EXPECTED && count.warn === 0 && count.error === 0 ? 0 : 1;
