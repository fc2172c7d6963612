"""Pure rules of carriers: what an account may say, who runs a number, which account takes it, what codes mean."""
