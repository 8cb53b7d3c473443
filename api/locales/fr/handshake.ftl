## Handshakes, and the pages behind the links of handshakes and invitations.

handshake-yourself = C’est votre propre code ; laissez l’autre personne le scanner.
handshake-not-good = Ce code n’est pas valable : mal saisi, déjà utilisé ou expiré. Affichez-en un nouveau.
handshake-over = Ce code a expiré et il est arrivé trop tard. Revoyez-vous, ou demandez le lien.
met-at-not-then = Vous ne pouvez pas vous être rencontrés à ce moment-là : il est en dehors des cinq minutes du code.

link-meet = Vous rencontrez { $name }
link-meet-explained = Kith réunit des personnes qui se connaissent dans la vie. Vous n’avez pas encore besoin de l’application : gardez ce moment, et votre premier contact vous attendra.
link-keep = Garder ce moment
link-kept = Ce moment est gardé
link-invited = Vous êtes invité·e sur Kith
link-go-on = Installez l’application et saisissez ce code à l’inscription. Il sert une fois, pendant 7 jours.
link-gone = Ce code n’est pas valable
link-gone-explained = Il est mal saisi, déjà utilisé ou expiré. Demandez-en un nouveau : un code dure cinq minutes.
link-fault = Veuillez réessayer
link-fault-explained = Le service est occupé. Rechargez cette page dans un instant.
