"""What the engines that keep an index share: how they answer readers, also while it is damaged or being changed."""
