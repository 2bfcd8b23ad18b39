"""The three layouts of the story, a file each; nothing here is told in more than one of them."""
