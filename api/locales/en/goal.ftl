## Goals: proposed, said in one's own words, worked on and measured.

no-such-goal = There is no such goal.
goal-not-proposed = Only a proposed goal can still be endorsed.
goal-not-understood = This goal is not active yet: more members have to say it in their own words first.
goal-is-over = This goal is reached or given up; propose another.
outcome-is-agreed = The outcome of an active goal is agreed and stays; propose another goal instead.
too-many-goals = { $most ->
    [one] The community has { $most } goal that is proposed or active; reach it or give it up first.
   *[other] The community has { $most } goals that are proposed or active; reach one or give one up first.
}

too-few-words = { $fewest ->
    [one] Say it in your own words, with at least { $fewest } character.
   *[other] Say it in your own words, with at least { $fewest } characters.
}
words-copied = These are the words of the goal or of another member; say it in your own.

no-such-commitment = There is no such commitment.
measure-start-and-target = A measure goes from one number to another; give two different numbers.
goal-without-measure = This goal has no measure; leave the value out, or give the goal a measure first.
not-a-number = This is not a number such as 12.5.
