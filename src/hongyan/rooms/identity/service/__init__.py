"""Use cases of identity: ``door.IdentityService`` is what other rooms are given; the files beside it are its parts."""
