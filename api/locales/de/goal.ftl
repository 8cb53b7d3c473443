## Goals: proposed, said in one's own words, worked on and measured.

no-such-goal = Dieses Ziel gibt es nicht.
goal-not-proposed = Nur ein vorgeschlagenes Ziel lässt sich in eigenen Worten sagen.
goal-not-understood = Dieses Ziel ist noch nicht aktiv: Erst müssen es mehr Mitglieder in eigenen Worten sagen.
goal-is-over = Dieses Ziel ist erreicht oder aufgegeben; schlagen Sie ein anderes vor.
outcome-is-agreed = Das Ergebnis eines aktiven Ziels ist vereinbart und bleibt; schlagen Sie stattdessen ein anderes Ziel vor.
too-many-goals = { $most ->
    [one] Die Gemeinschaft hat { $most } Ziel, das vorgeschlagen oder aktiv ist; erreichen Sie es oder geben Sie es zuerst auf.
   *[other] Die Gemeinschaft hat { $most } Ziele, die vorgeschlagen oder aktiv sind; erreichen Sie eines oder geben Sie zuerst eines auf.
}

too-few-words = { $fewest ->
    [one] Bitte sagen Sie es in eigenen Worten, mit mindestens { $fewest } Zeichen.
   *[other] Bitte sagen Sie es in eigenen Worten, mit mindestens { $fewest } Zeichen.
}
words-copied = Das sind die Worte des Ziels oder eines anderen Mitglieds; bitte sagen Sie es in Ihren eigenen.

no-such-commitment = Diese Zusage gibt es nicht.
measure-start-and-target = Ein Maß geht von einer Zahl zu einer anderen; bitte geben Sie zwei verschiedene Zahlen an.
goal-without-measure = Dieses Ziel hat kein Maß; lassen Sie den Wert weg, oder geben Sie dem Ziel zuerst ein Maß.
not-a-number = Das ist keine Zahl wie 12,5.
