## Partners: access tokens, and their lists.

access-token-needs-scope = Name at least one scope: as little as the partner needs.
access-token-expiry = An access token ends in the future, and in 366 days at the latest.
access-token-overlap = The old secret can be good for 168 hours at the most.
no-such-access-token = There is no such access token.
access-token-is-over = This access token is over; make a new one.
too-many-access-tokens = { $most ->
    [one] One access token may be good at a time; revoke it first.
   *[other] { $most } access tokens may be good at a time; revoke one first.
}

roster-rows = A list has 1 to { $most } rows; send it in parts.
roster-row-twice = Another row of the list has this already; send one row a person.
roster-of-live-community = People can be invited by a list once the community is live.
