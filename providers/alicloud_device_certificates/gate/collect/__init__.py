"""What a preview or a deployed state shows of each certificate."""
