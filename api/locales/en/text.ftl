## What people write: its length and its form.

empty = This may not be empty.
too-long = { $length ->
    [one] This has { $length } character; shorten it to { $most }.
   *[other] This has { $length } characters; shorten it to { $most }.
}
control-characters = This contains control characters; remove them.
not-a-handle = A handle has 3 to 40 letters a-z, digits and inner hyphens.
not-an-email = This is not an e-mail address such as ana@example.org.
not-a-phone-number = Write the number with its country, such as +33 1 23 45 67 89.
not-an-https-address = Give an address that begins with https://.
not-a-date = This is not a date such as 2026-11-25.
