"""Say what a recipe costs before anything is computed: operations, memory, steps, hours, disk."""
