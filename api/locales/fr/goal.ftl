## Goals: proposed, said in one's own words, worked on and measured.

no-such-goal = Cet objectif n’existe pas.
goal-not-proposed = Seul un objectif proposé peut être dit avec ses propres mots.
goal-not-understood = Cet objectif n’est pas encore actif : d’autres membres doivent d’abord le dire avec leurs propres mots.
goal-is-over = Cet objectif est atteint ou abandonné ; proposez-en un autre.
outcome-is-agreed = Le résultat d’un objectif actif est convenu et ne change plus ; proposez plutôt un autre objectif.
too-many-goals = { $most ->
    [one] La communauté a { $most } objectif proposé ou actif ; atteignez-le ou abandonnez-le d’abord.
   *[other] La communauté a { $most } objectifs proposés ou actifs ; atteignez-en ou abandonnez-en un d’abord.
}

too-few-words = { $fewest ->
    [one] Dites-le avec vos propres mots, en { $fewest } caractère au moins.
   *[other] Dites-le avec vos propres mots, en { $fewest } caractères au moins.
}
words-copied = Ce sont les mots de l’objectif ou d’un autre membre ; dites-le avec les vôtres.

no-such-commitment = Cet engagement n’existe pas.
measure-start-and-target = Une mesure va d’un nombre à un autre ; indiquez deux nombres différents.
goal-without-measure = Cet objectif n’a pas de mesure ; omettez la valeur, ou donnez d’abord une mesure à l’objectif.
not-a-number = Ceci n’est pas un nombre comme 12,5.
