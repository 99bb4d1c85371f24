"""What AWS takes for an hour, a gigabyte, a request: dated rows of data, and their reader."""

from prices.price_list import CERTAINTIES, PRICES_FILE, Price, PriceFileError, PriceList, load_prices

__all__ = ["CERTAINTIES", "PRICES_FILE", "Price", "PriceFileError", "PriceList", "load_prices"]
