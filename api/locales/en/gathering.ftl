## Gatherings: planned, held, and who was there.

no-such-gathering = There is no such gathering.
gathering-cancelled = This gathering is cancelled; plan another.
gathering-not-yet = It is too early: this is possible from two hours before the gathering begins.
gathering-over = This gathering is over, so this is not possible any more.
gathering-not-then = Give a beginning at most one year ago and at most two years from now.
gathering-ends-after-it-begins = A gathering ends after it begins, at most 14 days later.
not-a-time-zone = This is not a time zone such as Europe/Lisbon.
too-many-gatherings = { $most ->
    [one] The community has { $most } gathering to come; wait until it is over, or cancel it.
   *[other] The community has { $most } gatherings to come; wait until one is over, or cancel one.
}

too-many-at-once = { $most ->
    [one] Name at most { $most } member at once.
   *[other] Name at most { $most } members at once.
}
only-members-attend = Not all of these are members of the community; write down members only.
met-yourself = This is you; name somebody you met there.
both-must-attend = Both of you must be written down as having been at this gathering; ask a steward to do so.
