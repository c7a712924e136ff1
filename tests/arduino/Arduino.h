// Just enough of Arduino to run the sketches of docs/how-to.md on a desk: Serial writes to standard
// output, time passes only in delay(), and the inputs swing.
#pragma once
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define A0 14
#define A1 15
#define LED_BUILTIN 13
#define OUTPUT 1
#define INPUT 0
#ifndef PI
#define PI 3.14159265358979
#endif

static unsigned long long now_us = 0;
inline unsigned long millis() { return (unsigned long)(now_us / 1000); }
inline unsigned long micros() { return (unsigned long)now_us; }
inline void delay(unsigned long ms) { now_us += 1000ull * ms; }
inline void delayMicroseconds(unsigned int us) { now_us += us; }
inline void pinMode(int, int) {}
inline void digitalWrite(int, int) {}
inline int digitalRead(int) { return (int)(now_us / 500000) % 2; }
inline int analogRead(int pin) { return (int)(512 + 300 * sin(now_us * 1e-6 * (pin - 12))); }

struct SerialPort {
  void begin(unsigned long) {}
  void setTimeout(unsigned long) {}
  int available() { return 0; }
  int read() { return -1; }
  operator bool() { return true; }
  void print(const char* text) { fputs(text, stdout); }
  void print(char c) { putchar(c); }
  void print(int v) { ::printf("%d", v); }
  void print(unsigned v) { ::printf("%u", v); }
  void print(long v) { ::printf("%ld", v); }
  void print(unsigned long v) { ::printf("%lu", v); }
  void print(double v, int digits = 2) { ::printf("%.*f", digits, v); }
  template <class T> void println(T v) { print(v); fputs("\r\n", stdout); }
  void println(double v, int digits) { print(v, digits); fputs("\r\n", stdout); }
  void println() { fputs("\r\n", stdout); }
  void printf(const char* form, ...) {
    va_list values;
    va_start(values, form);
    vprintf(form, values);
    va_end(values);
  }
};
static SerialPort Serial;

void setup();
void loop();
int main(int, char** argv) {
  setup();
  for (int i = atoi(argv[1]); i > 0; --i) loop();
}
