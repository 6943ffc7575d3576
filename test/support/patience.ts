// A cold machine builds the engines inside the first test; nothing here is a claim about speed.
jest.setTimeout(45 * 60 * 1000);
