"""Where the wings meet: steps with identities, the processes that run them, and the verbs' stories."""
