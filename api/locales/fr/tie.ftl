## Ties, claims and blocks: who knows whom, who says so, and who wishes not to.

no-such-tie = Ce lien n’existe pas.
tie-not-awaiting = Ce lien n’attend plus de réponse.
tie-not-active = Seul un lien actif peut être rompu.
too-many-ties = { $most ->
    [one] L’un de vous deux a déjà { $most } lien, le maximum par membre. Mettez d’abord fin à l’un d’eux.
   *[other] L’un de vous deux a déjà { $most } liens, le maximum par membre. Mettez d’abord fin à l’un d’eux.
}

no-such-claim = Cette demande de lien n’existe pas.
claim-not-open = Seule une demande en cours peut être retirée.
claim-yourself = C’est vous-même ; nommez quelqu’un d’autre.
claim-blocked = Vous avez bloqué ce membre ; débloquez-le d’abord.
already-tied = Vous êtes déjà en lien.
too-many-claims = { $most ->
    [one] Vous avez fait { $most } demande de lien en 24 heures ; la prochaine sera possible plus tard.
   *[other] Vous avez fait { $most } demandes de lien en 24 heures ; la prochaine sera possible plus tard.
}

no-such-block = Ce blocage n’existe pas.
block-yourself = Vous ne pouvez pas vous bloquer vous-même.
