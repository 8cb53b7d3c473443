## Communities: their charter, what it takes to go live, who belongs to them and who looks after them.

no-such-community = There is no such community.
members-only = Only members of the community may do this; join it first.
stewards-only = Only stewards of the community may do this; ask one of them.
community-rests = This community rests or is archived, so nothing in it changes. A steward can revive one that rests.
not-at-this-stage = The community is not at the stage for this.
slug-taken = This name in addresses is taken; choose another.
too-many-forming = { $most ->
    [one] You are forming { $most } community already; launch or archive it first.
   *[other] You are forming { $most } communities already; launch or archive one first.
}
fewer-than = fewer than { $count }

vouches-1-to-5 = Ask for 1 to 5 vouches.
too-many-lines = { $most ->
    [one] Write at most { $most } entry.
   *[other] Write at most { $most } entries.
}
charter-not-at-this-stage = Founders ratify the charter while the community is forming; members agree to it once it is live.
charter-changed = Version { $version } of the charter is in force; read it, and agree to that one.
consent-due = The charter has changed; agree to it first.

ready-purpose = Purpose
ready-purpose-hint = Say in the charter what the community is for.
ready-failure = Failure it answers
ready-failure-hint = Say in the charter which failure of offline life the community answers.
ready-agreements = Agreements
ready-agreements-hint = Write at least one agreement into the charter: how members treat one another.
ready-charter = Ratified charter
ready-charter-hint = { $missing ->
    [0] All founders have ratified the charter in force.
    [one] Have { $missing } more founder ratify the charter in force.
   *[other] Have { $missing } more founders ratify the charter in force.
}
ready-founders = Founders
ready-founders-hint = { $missing ->
    [0] Enough founders are there.
    [one] Invite { $missing } more founder.
   *[other] Invite { $missing } more founders.
}
ready-connected = Connected founders
ready-connected-hint = { $groups ->
    [0] Nobody is a founder yet; invite those who shall be.
    [one] The founders all reach one another over their ties.
   *[other] The founders are { $groups } groups with no tie between them; make ties from one to another.
}
ready-ties = Ties among founders
ready-ties-hint = { $missing ->
    [0] Among those who are founders now, no tie is missing.
    [one] Make { $missing } more tie among the founders.
   *[other] Make { $missing } more ties among the founders.
}
ready-goal = Understood goal
ready-goal-hint = { $needed ->
    [one] Propose a goal, and have at least { $needed } founder say it in their own words.
   *[other] Propose a goal, and have at least { $needed } founders say it in their own words.
}
ready-gathering = Gathering held
ready-gathering-hint = Hold a gathering, and write down who was there: it takes { $needed ->
    [one] at least { $needed } founder
   *[other] at least { $needed } founders
} at one gathering, at most { $days ->
    [one] { $days } day
   *[other] { $days } days
} ago.

invite-your-ties = Invite only members you are tied to; make the tie first.
already-member = There is a membership already, or an open invitation or application.
removed-for-good = They cannot be invited to this community.
community-full = { $most ->
    [one] The community has { $most } place, taken by a member, an invitation or an application; wait until it is free.
   *[other] The community has { $most } places, all taken by members, invitations and applications; wait until one is free.
}
not-invited = You have no open invitation to this community; ask a member for one.
not-an-open-invitation = This invitation is not open any more, so it cannot be taken back.

by-invitation-only = This community takes no applications; ask a member to invite you.
answer-each-question = { $questions ->
    [0] The charter asks no questions; leave the answers out.
    [one] Answer the question of the charter.
   *[other] Answer each of the { $questions } questions of the charter.
}
not-an-open-application = There is no open application: it is answered, taken back or over.
not-by-vouching = In this community stewards decide about applications; nobody needs to vouch.
vouch-for-your-ties = Vouch only for members you are tied to; make the tie first.

not-a-member = They do not belong to the community.
no-such-membership = There is no such membership.
last-steward = A community always has a steward; name another first.
leave-instead = This is you; to go, leave the community instead.
