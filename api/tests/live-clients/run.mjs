// Runs one story of an app that subscribes, with the npm clients that apps use, against a running server:
//
//   node run.mjs STORY '{"urls": [...], "tokens": [...], "query": "subscription { ... }", "variables": {...}}'
//
// Each time the client connects, the next of the addresses and of the tokens is used; the last ones stay. Prints a line
// for what happens, and goes on until its story is over or it is ended.

import { createClient as createSse } from 'graphql-sse';
import { createClient as createWs } from 'graphql-ws';
import WebSocket from 'ws';

const [story, settings] = process.argv.slice(2);
const { urls, tokens, query, variables } = JSON.parse(settings);
const say = (...words) => console.log(words.map((word) => (typeof word === 'string' ? word : JSON.stringify(word))).join(' '));
const turns = (list) => {
  let turn = 0;
  return () => list[Math.min(turn++, list.length - 1)];
};
const url = turns(urls);
const token = turns(tokens);

// What comes of a subscription, as lines.
const sink = {
  next: (answer) => say('next', answer),
  error: (error) => say('error', String(error?.code ?? error?.response?.status ?? JSON.stringify(error))),
  complete: () => say('complete'),
};

function ws(more = {}) {
  return createWs({
    url: () => url().replace('http://', 'ws://'),
    webSocketImpl: WebSocket,
    connectionParams: () => ({ Authorization: `Bearer ${token()}` }),
    retryWait: () => new Promise((resolve) => setTimeout(resolve, 50)),
    on: {
      connected: () => say('connected'),
      closed: ({ code, reason }) => say('closed', String(code), reason),
      ping: (received) => say(received ? 'ping' : 'asked'),
      pong: (received) => say(received ? 'answered' : 'pong'),
    },
    ...more,
  });
}

function sse(more = {}) {
  return createSse({ url: url(), headers: () => ({ Authorization: `Bearer ${token()}` }), retryAttempts: 0, ...more });
}

const stories = {
  // Subscribes, and connects again when the server or the token wants that.
  ws: () => ws().subscribe({ query, variables }, sink),
  // The same, and gives up at the first end.
  'ws-once': () => ws({ retryAttempts: 0 }).subscribe({ query, variables }, sink),
  'ws-query': () => ws().subscribe({ query: '{ viewer { member { handle } } }' }, sink),
  'ws-invalid': () => ws().subscribe({ query: 'subscription { nothing }' }, sink),
  'ws-same-id': () => {
    const client = ws({ retryAttempts: 0, generateID: () => 'same' });
    client.subscribe({ query, variables }, { ...sink, error: () => {} });
    client.subscribe({ query, variables }, { ...sink, error: () => {} });
  },
  'ws-ping': () => ws({ lazy: false, keepAlive: 100 }),
  'ws-unauthorized': () => {
    const socket = new WebSocket(url().replace('http://', 'ws://'), 'graphql-transport-ws');
    socket.on('open', () => socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query, variables } })));
    socket.on('close', (code, reason) => say('closed', String(code), String(reason)));
  },
  'ws-old-protocol': () => {
    const socket = new WebSocket(url().replace('http://', 'ws://'), 'graphql-ws');
    socket.on('error', () => {}); // the server has chosen none
    socket.on('close', (code, reason) => say('closed', String(code), String(reason)));
  },
  sse: () => sse().subscribe({ query, variables }, sink),
  'sse-query': () => sse().subscribe({ query: '{ viewer { member { handle } } }' }, sink),
  'sse-invalid': () => sse().subscribe({ query: 'subscription { nothing }' }, sink),
};

stories[story]();
