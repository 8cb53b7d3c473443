// Starts GraphiQL on the page. A file of its own, so that the page needs no inline script: its Content-Security-Policy
// stays at 'self'.
'use strict';

(() => {
  const UNSET = 'Bearer <paste a token from the terminal>';

  const QUERY = `# Welcome to Kith.
#
# 1. The server's terminal shows demo members, each with
#    a token. Paste one into the Headers tab below, in
#    place of <paste a token from the terminal>.
#    (Another member: kith token member HANDLE)
# 2. Run this: the button on the right, or Ctrl-Enter.
#
# Without a token you are a stranger: viewer is null.

# Whom you could reach, and through whom.
query Network {
  viewer {
    member {
      name
      handle
    }
    reach {
      ties
      network
    }
    network(first: 5) {
      edges {
        mutualCount
        node {
          name
          headline
          area
          skills
        }
        routes {
          connector {
            name
          }
          inPerson
        }
      }
    }
  }
}
`;

  const HEADERS = JSON.stringify({ Authorization: UNSET }, null, 2) + '\n';

  const root = document.getElementById('graphiql');

  if (!window.React || !window.ReactDOM || !window.GraphiQL) {
    root.textContent =
      'The playground\'s files did not load. Without the internet, install them once with ' +
      '"npm ci --ignore-scripts" in api/playground, and start the server again.';
    return;
  }

  // Set here, not in the page: a style attribute in HTML would need 'unsafe-inline'.
  document.documentElement.style.height = '100%';
  document.body.style.height = '100%';
  document.body.style.margin = '0';
  root.style.height = '100dvh';

  // While the token is not pasted, ask as a stranger: otherwise the schema itself would not load.
  const withToken = (headers) =>
    Object.fromEntries(Object.entries(headers ?? {}).filter(([, value]) => value !== UNSET));

  const send = GraphiQL.createFetcher({
    url: '/graphql',
    enableIncrementalDelivery: false, // nothing here is @defer-red, and answers should be plain JSON
    headers: { Accept: 'application/graphql-response+json, application/json;q=0.9' },
  });
  const fetcher = (params, options) => send(params, { ...options, headers: withToken(options?.headers) });

  // A token must not stay behind in the browser. GraphiQL's history keeps the headers of each query whatever
  // shouldPersistHeaders says, so they are taken out on the way to the storage.
  const withoutHeaders = (json) =>
    JSON.stringify(JSON.parse(json, (name, value) => (name === 'headers' ? undefined : value)));
  const own = () => Object.keys(localStorage).filter((key) => key.startsWith('graphiql:'));
  const storage = {
    getItem: (key) => localStorage.getItem(key),
    setItem: (key, value) => {
      if (key === 'graphiql:headers') return;
      localStorage.setItem(key, /:(queries|favorites|tabState)$/.test(key) ? withoutHeaders(value) : value);
    },
    removeItem: (key) => localStorage.removeItem(key),
    clear: () => own().forEach((key) => localStorage.removeItem(key)),
    get length() {
      return own().length;
    },
  };

  ReactDOM.createRoot(root).render(
    React.createElement(GraphiQL, {
      fetcher,
      defaultQuery: QUERY,
      defaultHeaders: HEADERS,
      defaultEditorToolsVisibility: 'headers',
      isHeadersEditorEnabled: true,
      storage,
      shouldPersistHeaders: false,
      showPersistHeadersSettings: false,
    }),
  );
})();
