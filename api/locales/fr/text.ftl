## What people write: its length and its form.

empty = Ce champ ne peut pas rester vide.
too-long = { $length ->
    [one] Ce texte compte { $length } caractère ; raccourcissez-le à { $most }.
   *[other] Ce texte compte { $length } caractères ; raccourcissez-le à { $most }.
}
control-characters = Ce texte contient des caractères de contrôle ; supprimez-les.
not-a-handle = Un identifiant compte de 3 à 40 caractères : lettres de a à z, chiffres et, à l’intérieur, traits d’union.
not-an-email = Ceci n’est pas une adresse e-mail comme ana@example.org.
not-a-phone-number = Indiquez le numéro avec son pays, par exemple +33 1 23 45 67 89.
not-an-https-address = Indiquez une adresse qui commence par https://.
not-a-date = Ceci n’est pas une date comme 2026-11-25.
