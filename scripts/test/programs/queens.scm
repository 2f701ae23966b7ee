; Recursion, lists, strings, closures, continuations, numbers.
(define (queens board-size)
  (define (attacks? column distance others)
    (and (pair? others)
         (or (= column (car others))
             (= distance (abs (- column (car others))))
             (attacks? column (+ distance 1) (cdr others)))))
  (define (place row others)
    (if (= row 0)
        1
        (let try ((column 1) (count 0))
          (if (> column board-size)
              count
              (try (+ column 1)
                   (if (attacks? column 1 others)
                       count
                       (+ count (place (- row 1) (cons column others)))))))))
  (place board-size '()))

(display "6 queens: ") (display (queens 6)) (newline)
(display "8 queens: ") (display (queens 8)) (newline)

(define (make-counter)
  (let ((n 0)) (lambda () (set! n (+ n 1)) n)))
(define count (make-counter))
(count) (count)
(write (list (count) 'symbol "a \"string\"" #\a 1.5 -0.25 1e21 1/2))
(newline)

(write (call-with-current-continuation
        (lambda (return)
          (for-each (lambda (x) (if (negative? x) (return x))) '(3 -7 5))
          'none)))
(newline)
(write (map (lambda (f) (f 0.5)) (list sin cos exp atan sqrt)))
(newline)
(write (list (quotient 17 -5) (modulo -7 2) (exact->inexact 1) (round 2.5)
             (string->number "1e3") (number->string 255)))
(newline)
(write (vector-ref (list->vector '(1 2 3)) 1))
(newline)
(define (build n) (if (= n 0) '() (cons (make-string 10 #\x) (build (- n 1)))))
(do ((i 0 (+ i 1))) ((= i 30)) (build 500)) ; for the collector
(gc)
(write (length (build 100)))
(newline)
