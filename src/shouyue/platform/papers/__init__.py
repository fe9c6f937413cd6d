"""Papers: what identity cards and licences say, how a photo is kept, what can be checked."""
