throw new Error('DATABASE_URL is missing\u001b[2J.\n  Set it.');
