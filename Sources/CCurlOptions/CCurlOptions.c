#include "CCurlOptions.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

CURLcode dp_curl_set_text(CURL *curl, CURLoption option, const char *value) {
  return curl_easy_setopt(curl, option, value);
}

CURLcode dp_curl_set_long(CURL *curl, CURLoption option, long value) { return curl_easy_setopt(curl, option, value); }

CURLcode dp_curl_set_list(CURL *curl, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(curl, option, value);
}

CURLcode dp_curl_set_body(CURL *curl, const void *bytes, long count) {
  CURLcode code = curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, count);
  return code == CURLE_OK ? curl_easy_setopt(curl, CURLOPT_POSTFIELDS, bytes) : code;
}

CURLcode dp_curl_set_data(CURL *curl, CURLoption option, void *value) { return curl_easy_setopt(curl, option, value); }

CURLcode dp_curl_set_transfer(CURL *curl, CURLoption option, dp_curl_transfer function) {
  return curl_easy_setopt(curl, option, function);
}

struct address_check {
  dp_curl_address function;
  void *context;
};

// The address is checked where the connection is made: a name can't resolve to another one in between.
static curl_socket_t open_checked(void *clientp, curlsocktype purpose, struct curl_sockaddr *address) {
  (void)purpose;
  struct address_check *check = clientp;
  if (!check->function(&address->addr, check->context)) return CURL_SOCKET_BAD;
  return socket(address->family, address->socktype, address->protocol);
}

// Each thread makes one transfer at a time, so one place for each thread is enough.
static _Thread_local struct address_check current_check;

CURLcode dp_curl_set_address_check(CURL *curl, dp_curl_address function, void *context) {
  current_check.function = function;
  current_check.context = context;
  CURLcode code = curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_checked);
  return code == CURLE_OK ? curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &current_check) : code;
}

long dp_curl_response_code(CURL *curl) {
  long code = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
  return code;
}

long dp_curl_uploaded(CURL *curl) {
  curl_off_t bytes = 0;
  curl_easy_getinfo(curl, CURLINFO_SIZE_UPLOAD_T, &bytes);
  return bytes;
}
