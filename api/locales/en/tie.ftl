## Ties, claims and blocks: who knows whom, who says so, and who wishes not to.

no-such-tie = There is no such tie.
tie-not-awaiting = This tie no longer awaits an answer.
tie-not-active = Only an active tie can be ended.
too-many-ties = { $most ->
    [one] One of you has { $most } tie, the most a member may have. End one first.
   *[other] One of you has { $most } ties, the most a member may have. End one first.
}

no-such-claim = There is no such claim.
claim-not-open = Only an open claim can be withdrawn.
claim-yourself = This is you; name somebody else.
claim-blocked = You have blocked this member; unblock them first.
already-tied = You are tied already.
too-many-claims = { $most ->
    [one] You have made { $most } claim in 24 hours; the next one is possible later.
   *[other] You have made { $most } claims in 24 hours; the next one is possible later.
}

no-such-block = There is no such block.
block-yourself = You cannot block yourself.
