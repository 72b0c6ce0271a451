"""The cashier's page: find, greet, amount, result; all of it by the keyboard."""
