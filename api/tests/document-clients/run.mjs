// Runs one story of an app against a server, and prints what came of it as one line of JSON:
//
//   node run.mjs STORY '{"url": …, "token": …}'
import { createHash } from 'node:crypto';
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client/core';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { print } from 'graphql';

const [story, settings] = process.argv.slice(2);
const { url, token } = JSON.parse(settings);
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

const MINE = 'query Mine {\n  viewer {\n    member {\n      name\n    }\n  }\n}';
const BIO = 'query Bio {\n  viewer {\n    member {\n      bio\n    }\n  }\n}';
const WRITE = 'mutation Write($bio: String) {\n  updateProfile(input: {bio: $bio}) {\n    userErrors {\n      code\n    }\n  }\n}';
const WRONG = 'query Wrong {\n  nothing\n}';

// What went out, in a few words.
const sent = [];
const watched = (target, options = {}) => {
  const method = options.method ?? 'GET';
  const given =
    method === 'GET' ? Object.fromEntries(new URL(target).searchParams) : JSON.parse(options.body);
  const extensions = typeof given.extensions === 'string' ? JSON.parse(given.extensions) : given.extensions;
  const words = [method];
  if (extensions?.persistedQuery) words.push('hash');
  if (given.documentId) words.push('documentId');
  if (given.query) words.push('query');
  sent.push(words.join(' '));
  return fetch(target, options);
};
const headers = { authorization: `Bearer ${token}` };

function apollo(options) {
  const link = ApolloLink.from([
    new PersistedQueryLink({ sha256, ...options }),
    new HttpLink({ uri: url, fetch: watched, headers }),
  ]);
  return new ApolloClient({ link, cache: new InMemoryCache() });
}

async function withApollo(options) {
  const client = apollo(options);
  const ask = (text) => client.query({ query: gql(text), fetchPolicy: 'no-cache' });
  const answers = [];
  for (let turn = 0; turn < 2; turn++) answers.push((await ask(MINE)).data.viewer.member.name);
  await client.mutate({ mutation: gql(WRITE), variables: { bio: 'written' } });
  const bio = (await ask(BIO)).data.viewer.member.bio;
  const error = await ask(WRONG).then(
    () => 'none',
    (error) => error.errors?.[0]?.extensions?.code ?? JSON.parse(error.bodyText).errors[0].extensions.code,
  );
  return { answers, bio, error, sent };
}

function urql(options) {
  const exchanges = [persistedExchange({ enableForMutation: true, ...options }), fetchExchange];
  return new Client({ url, fetch: watched, fetchOptions: { headers }, requestPolicy: 'network-only', exchanges, preferGetMethod: false });
}

async function withUrql() {
  const client = urql({ preferGetForPersistedQueries: true });
  const answers = [];
  for (let turn = 0; turn < 2; turn++) {
    const { data, error } = await client.query(MINE, {}).toPromise();
    answers.push(data?.viewer.member.name ?? String(error));
  }
  await client.mutation(WRITE, { bio: 'written' }).toPromise();
  const bio = (await client.query(BIO, {}).toPromise()).data?.viewer.member.bio;
  const wrong = await client.query(WRONG, {}).toPromise();
  return { answers, bio, error: wrong.error?.graphQLErrors[0]?.extensions.code, sent };
}

const stories = {
  'apollo-post': () => withApollo({}),
  'apollo-get': () => withApollo({ useGETForHashedQueries: true }),
  urql: () => withUrql(),
  // What builds write down: the text as Apollo Client sends it, which asks for the names of types as well, and the text as
  // graphql-codegen writes it, each under its hash; and one under an id of another kind.
  manifest: async () => {
    const text = print(new InMemoryCache().transformDocument(gql(MINE)));
    return { documents: { [sha256(text)]: text, [sha256(MINE)]: MINE, 'mine-1': MINE } };
  },
  'apollo-trusted': async () => {
    const client = apollo({ generateHash: async (query) => sha256(print(query)) });
    return { answers: [(await client.query({ query: gql(MINE) })).data.viewer.member.name], sent };
  },
  'urql-trusted': async () => {
    // The document as a build leaves it in the app, where nobody checks what it is: without definitions, with its id.
    process.env.NODE_ENV = 'production';
    const document = { kind: 'Document', definitions: [], documentId: 'mine-1' };
    const client = new Client({ url, fetch: watched, fetchOptions: { headers }, exchanges: [fetchExchange], preferGetMethod: false });
    const { data, error } = await client.query(document, {}).toPromise();
    return { answers: [data?.viewer.member.name ?? String(error)], sent };
  },
  'urql-codegen': async () => {
    // As graphql-codegen's documentation has it.
    const document = { ...gql(MINE), __meta__: { hash: sha256(MINE) } };
    const client = urql({ enforcePersistedQueries: true, generateHash: async (_, { __meta__ }) => __meta__.hash });
    const { data, error } = await client.query(document, {}).toPromise();
    return { answers: [data?.viewer.member.name ?? String(error)], sent };
  },
};

console.log(JSON.stringify(await stories[story]()));
process.exit(0);
