<!DOCTYPE html><html lang="en"><head><title>Page not found</title></head><body><h1>Page not found</h1>
<p>What you look for is not here. It may have moved to another address, or it has never been here at all.</p><p><a href="/">Home</a></p></body></html>
