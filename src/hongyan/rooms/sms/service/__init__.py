"""Use cases of SMS apps, signatures and templates: ``door.SmsService`` is what other rooms are given."""
