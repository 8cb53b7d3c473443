// An SMTP server on a free port of the loopback, for the tests:
//
//   node server.mjs [--refuse N] [--with CODE] [--delay MILLISECONDS] [--login USER:PASSWORD]
//
// Prints its port, then one JSON line for every letter it takes: envelope, headers, text, and the letter as it came.
// It refuses the first N letters with CODE (451), takes each only after the delay, and, if there is a login, nothing
// without it. It offers STARTTLS with a certificate that nobody vouches for. It ends when its standard input does, so
// that it never outlives the test that started it.

import { parseArgs } from 'node:util';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';

const { values } = parseArgs({
  options: {
    refuse: { type: 'string', default: '0' },
    with: { type: 'string', default: '451' },
    delay: { type: 'string', default: '0' },
    login: { type: 'string' },
  },
});
let refuse = Number(values.refuse);

const refusal = (code, text) => Object.assign(new Error(text), { responseCode: Number(code) });

// What a server says when it refuses may name the address, as real ones do.
async function take(stream, session, answer) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  await new Promise((resolve) => setTimeout(resolve, Number(values.delay)));
  const to = session.envelope.rcptTo.map((recipient) => recipient.address);
  if (refuse > 0) {
    refuse -= 1;
    answer(refusal(values.with, `not now, ${to}`));
    return;
  }
  const raw = Buffer.concat(chunks);
  const { headers, subject, text } = await PostalMime.parse(raw);
  const letter = { from: session.envelope.mailFrom.address, to, headers, subject, text, raw: raw.toString('latin1') };
  process.stdout.write(`${JSON.stringify(letter)}\n`);
  answer();
}

const server = new SMTPServer({
  authOptional: values.login === undefined,
  allowInsecureAuth: true,
  disableReverseLookup: true,
  closeTimeout: 1000,
  onAuth({ username, password }, session, answer) {
    if (`${username}:${password}` === values.login) answer(null, { user: username });
    else answer(refusal(535, `no such login: ${username}`));
  },
  onData(stream, session, answer) {
    take(stream, session, answer).catch((cause) => answer(refusal(451, cause.message)));
  },
});
server.on('error', () => {}); // a client that hangs up is no reason to end
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.server.address().port}\n`));

process.stdin.resume().on('end', () => process.exit(0));
