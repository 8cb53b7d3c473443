## Whoever is a member, and what they say of themselves.

no-such-member = There is no such member.
no-member-called = There is no member called { $handle }.
handle-taken = This handle is taken; choose another.
not-clearable = This cannot be cleared; leave it out to keep it.
too-many-skills = { $most ->
    [one] Name at most { $most } skill.
   *[other] Name at most { $most } skills.
}
