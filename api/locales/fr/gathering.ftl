## Gatherings: planned, held, and who was there.

no-such-gathering = Cette rencontre n’existe pas.
gathering-cancelled = Cette rencontre est annulée ; prévoyez-en une autre.
gathering-not-yet = Il est trop tôt : cela sera possible deux heures avant le début de la rencontre.
gathering-over = Cette rencontre est terminée, ce n’est donc plus possible.
gathering-not-then = Indiquez un début qui remonte à un an au plus ou qui vienne dans deux ans au plus.
gathering-ends-after-it-begins = Une rencontre finit après son début, 14 jours plus tard au plus.
not-a-time-zone = Ceci n’est pas un fuseau horaire comme Europe/Lisbon.
too-many-gatherings = { $most ->
    [one] La communauté a { $most } rencontre à venir ; attendez qu’elle soit passée, ou annulez-la.
   *[other] La communauté a { $most } rencontres à venir ; attendez que l’une d’elles soit passée, ou annulez-en une.
}

too-many-at-once = { $most ->
    [one] Nommez au plus { $most } membre à la fois.
   *[other] Nommez au plus { $most } membres à la fois.
}
only-members-attend = Ces personnes ne sont pas toutes membres de la communauté ; ne notez que des membres.
met-yourself = C’est vous-même ; nommez quelqu’un que vous y avez rencontré.
both-must-attend = Vous devez tous deux être notés comme présents à cette rencontre ; demandez-le à un responsable.
