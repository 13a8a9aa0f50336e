"""Keep finished work: files by their content, steps by their identity, the reference by its manifest."""
