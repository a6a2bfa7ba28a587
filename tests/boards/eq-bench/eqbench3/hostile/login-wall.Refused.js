<!DOCTYPE html><html lang="en"><head><title>Sign in</title></head><body><h1>Sign in to go on</h1>
<form action="/session" method="post"><input name="login"><input type="password" name="password"><button>Sign in</button></form></body></html>
