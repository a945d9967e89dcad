#ifndef CCURL_OPTIONS_H
#define CCURL_OPTIONS_H

// libcurl sets and reads options through variadic calls, which Swift can't make: one function for each type of option.

#include <curl/curl.h>

CURLcode dp_curl_set_text(CURL *curl, CURLoption option, const char *value);
CURLcode dp_curl_set_long(CURL *curl, CURLoption option, long value);
CURLcode dp_curl_set_list(CURL *curl, CURLoption option, struct curl_slist *value);
// Bytes that are sent as a request's body; they must live until the transfer is over.
CURLcode dp_curl_set_body(CURL *curl, const void *bytes, long count);
CURLcode dp_curl_set_data(CURL *curl, CURLoption option, void *value);
typedef size_t (*dp_curl_transfer)(char *bytes, size_t size, size_t count, void *context);
CURLcode dp_curl_set_transfer(CURL *curl, CURLoption option, dp_curl_transfer function);
// 1 lets an address through, 0 refuses it before anything is sent.
typedef int (*dp_curl_address)(const struct sockaddr *address, void *context);
CURLcode dp_curl_set_address_check(CURL *curl, dp_curl_address function, void *context);
long dp_curl_response_code(CURL *curl);
// Bytes of a request's body that were written.
long dp_curl_uploaded(CURL *curl);

#endif
