## Being introduced, and asking who can help.

no-such-introduction = There is no such introduction.
introduction-open = You have already asked to be introduced to them; wait for an answer, or take it back.
introduced-to-yourself = You need no introduction to yourself.
no-route = There is no way to them through this member; choose one of the routes that are shown.
not-taking-introductions = They are not taking introductions now; try another way, or later.
too-many-introductions = { $most ->
    [one] You have { $most } open introduction; wait for an answer, or take it back.
   *[other] You have { $most } open introductions; wait for answers, or take one back.
}
introduced-lately = You asked to be introduced to them not long ago; give it time.
introduction-not-to-pass-on = Only the one in the middle can pass on an introduction, once.
introduction-not-awaiting = This introduction does not wait for your answer.
introduction-not-open = This introduction is no longer open.
introduction-gone = This introduction is no longer possible.
introduction-without-outcome = What came of an introduction is said by the two who were introduced, after it was accepted.
introduction-outcome-said = You have already said what came of this introduction.
introductions-a-month = Choose a number from 1 to 100.
pause-within-a-year = A pause ends at a moment to come, at most a year from now.

no-such-ask = There is no such ask.
too-many-asks = { $most ->
    [one] You have { $most } open ask; close it first.
   *[other] You have { $most } open asks; close one first.
}
ask-days = An ask is open for 1 to 30 days.
nominate-a-tie = Name somebody you are tied to, and not the one who asks.
too-many-nominations = { $most ->
    [one] You have named { $most } person for this ask; that is enough.
   *[other] You have named { $most } people for this ask; that is enough.
}
no-such-nomination = There is no such nomination.
nomination-not-open = This nomination does not wait for your answer.
nomination-gone = This nomination is no longer possible.
